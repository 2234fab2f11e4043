import { count, text } from './avro.ts';
import { eventRecord } from './meta.ts';

export const heartbeat = eventRecord(
  'Heartbeat',
  'Made by ingress every few seconds, to see that the whole pipeline works also when no vendor sends. No vendor sent it, and no other topic, table or index has it.',
  [
    text('ingress', 'Host name of the ingress that made it.'),
    count('beat', 'Which one it is since that ingress began, from 1.'),
  ],
);
