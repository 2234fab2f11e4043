import type { Fields } from '@sluice/vendor-kit/mapping/fields';
import {
  payloadMapping,
  type MappedEvent,
  type Mapping,
  type VendorMapping,
} from '@sluice/vendor-kit/mapping/mapping';
import { readEpochMs } from '@sluice/vendor-kit/mapping/times';
import { codeTablesIn } from '@sluice/vendor-kit/mapping/codes';
import { calllog } from './mapping/map/call.ts';
import { user, userinfo } from './mapping/map/contact.ts';
import { conversation } from './mapping/map/conversation.ts';
import { evaluation } from './mapping/map/evaluation.ts';
import { message } from './mapping/map/message.ts';
import { summary } from './mapping/map/summary.ts';
import { ticket } from './mapping/map/ticket.ts';
import * as codes from './mapping/codes.ts';
import { parseSobot } from './mapping/parse.ts';
import type { SobotSource } from './settings.ts';

/** The six data types of the vendor's page, in its order, and the two that it only names. */
const mappings = new Map<string, Mapping>([
  ['conversation', conversation],
  ['evaluation', evaluation],
  ['user', user],
  ['userinfo', userinfo],
  ['msg', message],
  ['summary', summary],
  ['ticket', ticket],
  ['calllog', calllog],
]);

const entityPaths = ['cid', 'userid', 'visitorid', 'ticketid', 'staffid'];
const timePaths = ['update_time', 'date_time', 'timems', 'start_time', 'startTime'];

function other(fields: Fields, dataType: string): MappedEvent {
  const entityPath = entityPaths.find((path) => fields.has(path));
  const times = timePaths.map((path) => readEpochMs(fields.peek(path) ?? ''));
  return {
    topic: 'other.v1',
    role: 'record',
    type: `sobot.${dataType || 'unnamed'}`,
    entityKey: entityPath === undefined ? '' : (fields.peek(entityPath) ?? ''),
    occurredAt: times.find((time) => time !== null) ?? null,
    fields: {},
  };
}

/**
 * The company id of a record that its source does not list; null where it lists none, or the record says none. Branches
 * of one account have ids of their own, so that the signature's does not say it all.
 */
function unlistedIdOf(fields: Fields, { settings }: SobotSource): string | null {
  const listed = new Set(settings.companyIds);
  const id = (fields.peek('companyid') ?? fields.peek('companyId') ?? '').trim();
  if (id === '' || listed.size === 0 || listed.has(id)) return null;
  return id.replaceAll(/[^\w-]/g, '?').slice(0, 64);
}

/** An envelope of up to 20 records of one type. */
const pushes = payloadMapping<SobotSource['settings']>({
  parse: parseSobot,
  // The type is in the envelope, next to the records: nothing contradicts it.
  recognize: (_fields, declared) => declared,
  meta: {},
  mappings,
  other,
  unlistedIdOf,
});

export const mapping: VendorMapping<SobotSource['settings']> = {
  version: 3,
  pushes,
  staffPages: null,
  repairs: {},
  codes: codeTablesIn(codes),
};
