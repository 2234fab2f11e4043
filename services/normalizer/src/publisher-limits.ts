import { defaultPublisherLimits, type PublisherLimits } from '@sluice/kafka/publisher';

/**
 * Room for what is in flight (`in-flight.ts`), for one payload beyond it and for the dead letters of all partitions: a record
 * that finds no room alone would be tried for ever.
 */
export const publisherLimits: PublisherLimits = {
  ...defaultPublisherLimits,
  maxRecords: 200_000,
  maxBytes: 256 * 1024 * 1024,
  deadlineMs: 15_000,
};
