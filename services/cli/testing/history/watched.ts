import { type CanonicalTopic } from '@sluice/schemas/topics';

export const storeKinds = ['clickhouse', 'elasticsearch'] as const;

export type StoreKind = (typeof storeKinds)[number];

/** The topics whose events a history looks at: what a transcript becomes. */
export const watchedTopics = ['conversation.v1', 'message.v1'] as const satisfies CanonicalTopic[];

export type WatchedTopic = (typeof watchedTopics)[number];
