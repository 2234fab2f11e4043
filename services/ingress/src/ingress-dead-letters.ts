import { findSchemaIds, type RegistryConnection } from '@sluice/canonical-event/registry';
import type { Publisher } from '@sluice/kafka/publisher';
import { createDeadLetterWriter, type DeadLetter, type WriteDeadLetter } from '@sluice/stream/dead-letters';

/**
 * Writes dead letters of any stream. The registry may be away when ingress starts: until it has told a
 * schema's id, a push that would become a dead letter is not acknowledged.
 */
export function createIngressDeadLetters(
  publisher: Publisher,
  registry: RegistryConnection,
): (stream: string, letter: DeadLetter) => Promise<void> {
  const writers = new Map<string, Promise<WriteDeadLetter>>();
  const writerOf = (stream: string): Promise<WriteDeadLetter> => {
    let writer = writers.get(stream);
    if (!writer) {
      writer = findSchemaIds(registry, stream, ['dead-letter']).then((ids) =>
        createDeadLetterWriter(publisher, stream, ids.get('dead-letter') ?? 0),
      );
      writers.set(stream, writer);
      // A failed look-up is not remembered: the next dead letter asks again.
      writer.catch(() => writers.delete(stream));
    }
    return writer;
  };
  return async (stream, letter) => {
    const write = await writerOf(stream);
    await write(letter);
  };
}
