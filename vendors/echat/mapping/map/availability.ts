import { coded } from '@sluice/vendor-kit/mapping/codes';
import { eventMapping } from '@sluice/vendor-kit/mapping/mapping';
import { constant, text } from '@sluice/vendor-kit/mapping/reader';
import { serviceStates, staffStates } from '../codes.ts';
import { routeScope, staff } from '../parts.ts';

/** companyStatus (公司状态变更), section 3.1.1. A source is one company, so its key is the word. */
export const companyStatus = eventMapping({
  topic: 'availability.v1',
  role: 'availability',
  type: 'availability.company',
  key: () => 'company',
  fields: {
    subject: constant('COMPANY'),
    ...coded('status', 'companyStatus', serviceStates),
  },
});

/** skillStatus (分组状态变更), section 3.1.2. The page writes skillName as skillNanme too. */
export const skillStatus = eventMapping({
  topic: 'availability.v1',
  role: 'availability',
  type: 'availability.department',
  key: (event) => event.department_id,
  fields: {
    subject: constant('DEPARTMENT'),
    ...coded('status', 'skillStatus', serviceStates),
    department_id: text('skillId'),
    department_name: text('skillName', 'skillNanme'),
  },
});

/** staffStatus (客服状态变更), section 3.1.3. */
export const staffStatus = eventMapping({
  topic: 'availability.v1',
  role: 'availability',
  type: 'availability.staff',
  key: (event) => event.staff_id,
  fields: {
    subject: constant('STAFF'),
    ...coded('status', 'staffStatus', staffStates),
    ...staff('staff'),
  },
});

/** routeStatus (路由状态变更), section 3.1.4. */
export const routeStatus = eventMapping({
  topic: 'availability.v1',
  role: 'availability',
  type: 'availability.route',
  key: (event) => event.route_id,
  fields: {
    subject: constant('ROUTE'),
    ...coded('status', 'routeStatus', serviceStates),
    route_id: text('routeId'),
    route_name: text('routeName'),
    route_scope: routeScope('routeId'),
  },
});
