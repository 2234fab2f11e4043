import { hash } from 'node:crypto';
import { eventIdOf } from '@sluice/canonical-event/event-id';
import type { RawHeaders } from '@sluice/raw-event/raw-headers';
import type { Heartbeat } from '@sluice/schemas/schemas';
import { z } from 'zod';
import type { Rejected } from '@sluice/vendor-kit/mapping/mapping';
import type { RawPosition } from '@sluice/vendor-kit/mapping/normalize';

export interface HeartbeatEvent {
  readonly topic: 'heartbeat.v1';
  readonly value: Heartbeat;
}

/** Raised when a value of the event changes. */
const heartbeatVersion = 3;

/** What ingress writes (services/ingress/src/heartbeat.ts). */
const beat = z.object({ ingress: z.string().min(1), beat: z.number().int().positive() });

/**
 * Raw heartbeat → its event. All beats of one ingress have one id: the newest takes the place of the one before, so
 * that the stores hold one of each ingress a month, however long it beats.
 */
export function normalizeHeartbeat(
  payload: Buffer,
  { receivedAtMs }: Pick<RawHeaders, 'receivedAtMs'>,
  { topic, partition, offset }: RawPosition,
): { events: HeartbeatEvent[]; rejected: Rejected[]; repairs: [] } {
  const read = beat.safeParse(parseJson(payload));
  if (!read.success)
    return {
      events: [],
      rejected: [{ payload, reason: 'NOT_JSON', detail: 'Not a valid ingress heartbeat.' }],
      repairs: [],
    };
  const { ingress } = read.data;
  const identity = { sourceId: 'heartbeat', dataType: 'heartbeat', messageId: '', role: 'record' };
  const value: Heartbeat = {
    meta: {
      event_id: eventIdOf({ ...identity, contentHash: hash('sha256', ingress, 'hex') }),
      event_type: 'heartbeat',
      vendor: 'UNKNOWN',
      vendor_id: '',
      data_type: 'heartbeat',
      source_id: 'heartbeat',
      tenant: '',
      entity_key: ingress,
      occurred_at: receivedAtMs,
      received_at: receivedAtMs,
      ...{ raw_topic: topic, raw_partition: partition, raw_offset: Number(offset) },
      mapping_version: heartbeatVersion,
      vendor_message_id: null,
      vendor_sent_at: null,
      repairs: [],
    },
    ...read.data,
    attributes: [],
  };
  return { events: [{ topic: 'heartbeat.v1', value }], rejected: [], repairs: [] };
}

function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return null;
  }
}
