import { rawTopicOf, sharedTopics, type RawTopic, type TopicName } from '@sluice/schemas/topics';
import { vendors } from './index.ts';

/** The topics of the vendors' payloads: one each. */
export const rawTopics: readonly RawTopic[] = Object.keys(vendors).map(rawTopicOf);

/** Every topic of a stream. */
export const allTopics: readonly TopicName[] = [...rawTopics, ...sharedTopics];
