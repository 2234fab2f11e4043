import type { StoreAddress } from '../src/sink-descriptor.ts';

/** What tests do with a sink's store as a whole, past the code of the sink. */
export interface StoreTesting {
  /** Deletes all that a stream has there. What does not exist is passed over. */
  remove(at: StoreAddress): Promise<void>;
  /** How many copies of each event a reader sees, by event id. */
  copies(at: StoreAddress): Promise<ReadonlyMap<string, number>>;
  /** Everything that a reader sees, as JSON text, in one order. */
  shown(at: StoreAddress): AsyncIterable<string>;
}
