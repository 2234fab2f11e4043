import { coded } from '@sluice/vendor-kit/mapping/codes';
import { eventMapping } from '@sluice/vendor-kit/mapping/mapping';
import { constant, text } from '@sluice/vendor-kit/mapping/reader';
import { agentStates } from '../codes.ts';

/** agent.unified_state_changed: the state of an agent over all channels. */
export const agentState = eventMapping({
  topic: 'availability.v1',
  role: 'availability',
  type: 'availability.staff',
  key: (event) => event.staff_id,
  fields: {
    subject: constant('STAFF'),
    ...coded('status', 'event.new_unified_state.name', agentStates),
    staff_id: text('detail.agent_id'),
  },
});
