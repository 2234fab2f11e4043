import { styleText } from 'node:util';
import { refusalReasons, type RecentPush } from '@sluice/raw-event/recent-pushes';
import type { CanonicalTopic } from '@sluice/schemas/topics';
import type { StoredEvent } from '@sluice/sink/stored-event';
import { printableLine, timeOf } from '../printable.ts';
import type { FoundDeadLetter } from './dead-letters.ts';
import type { RawPush } from './raw.ts';
import type { MissingEvent } from './why-missing.ts';

export interface FoundEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly topic: CanonicalTopic;
  /** By the name of a store; null where it is not. */
  readonly stored: Readonly<Record<string, StoredEvent | null>>;
}

export interface FoundPush extends RawPush {
  readonly events: readonly FoundEvent[];
  readonly missing: readonly MissingEvent[];
  /** Where what is missing is held up. */
  readonly why: readonly string[];
}

const mostCharacters = 160;

export function pushLines({ position, record, events, why }: FoundPush): string[] {
  const place = `${position.topic}/${position.partition}/${position.offset}`;
  const head =
    record === null
      ? [`${place}  its raw record is no longer in Kafka, or was not read`]
      : [
          [place, timeOf(record.receivedAtMs), record.sourceId, record.dataType, howOf(record)].join('  '),
          `  request ${record.requestId}, ${record.bytes} bytes: ${shortened(record.payload)}`,
          ...(record.rejects.length > 0
            ? [`  the mapping rejects parts of it: ${record.rejects.join(', ')}`]
            : []),
          ...(record.events === null ? ['  give --sources to see which events it becomes'] : []),
          ...(record.events?.length === 0 && record.rejects.length === 0 ? ['  it produces no event'] : []),
        ];
  const [first = '', ...rest] = head.map(printableLine);
  return [
    styleText('bold', first),
    ...rest,
    ...events.map(eventLine),
    ...why.map((text) => printableLine(`  ${text}`)),
  ];
}

function howOf({ signed, encrypted, keyUsed }: NonNullable<RawPush['record']>): string {
  const how = [signed ? 'signed' : 'unsigned', encrypted ? 'encrypted' : 'plain'];
  return [...how, ...(keyUsed === 'none' ? [] : [`${keyUsed} key`])].join(', ');
}

function eventLine({ eventId, eventType, topic, stored }: FoundEvent): string {
  const places = Object.entries(stored).map(([store, event]) => `${store}: ${stateOf(event)}`);
  return `  ${[printableLine(`${topic} ${eventType} ${eventId}`), ...places].join('  ')}`;
}

function stateOf(event: StoredEvent | null): string {
  if (event === null) return styleText('red', 'not there');
  const parts = [
    event.erased ? 'erased' : `version ${event.version}`,
    ...(event.copies > 1 ? [`of ${event.copies} copies`] : []),
  ];
  return parts.join(' ');
}

export function deadLetterLines(deadLetter: FoundDeadLetter): string[] {
  const { place, firstSeen, stage, reason, source, dataType, detail, redrivenAt } = deadLetter;
  return [
    ['dead letter', place, firstSeen, stage, reason, source, dataType]
      .filter((part) => part !== '')
      .join('  '),
    `  ${detail}${redrivenAt === null ? '' : ` Redriven ${redrivenAt}.`}`,
  ].map(printableLine);
}

/** Of a request that ingress remembers. */
export function ingressLines({
  atMs,
  requestId,
  source,
  address,
  outcome,
  status,
  reason,
  deadLetters,
}: RecentPush): string[] {
  const why = reason === null ? '' : `: ${refusalReasons[reason]}`;
  const became = deadLetters.length > 0 ? `, dead letters ${deadLetters.join(', ')}` : '';
  const line = `${timeOf(atMs)}  ${source ?? 'no source'}  from ${address ?? 'an unknown address'}  ${status} ${reason ?? outcome}${why}${became}  request ${requestId}`;
  return [printableLine(line)];
}

const shortened = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line;
};
