import avsc from 'avsc';
import { lossesOf } from '../src/losses.ts';

/**
 * Whether each version reads what each other version wrote: the registry's FULL_TRANSITIVE, without a registry. Beyond
 * that, whether each version keeps every field and symbol of those before it. A field that went, or has another name now,
 * has a default, so the registry takes that; but readers of the new version would lose what older events hold.
 * @param versions of one topic's schema, oldest first
 * @returns a message for each pair that does not fit; empty when all do
 */
export function incompatibilities(versions: readonly object[]): string[] {
  const types = versions.map((schema) => avsc.Type.forSchema(schema as avsc.Schema));
  const problems: string[] = [];
  for (const [reading, reader] of types.entries()) {
    for (const [writing, writer] of types.entries()) {
      try {
        reader.createResolver(writer);
      } catch (error) {
        problems.push(
          `Version ${reading + 1} cannot read what version ${writing + 1} wrote: ${error instanceof Error ? error.message : String(error)}`,
        );
        continue;
      }
      if (reading < writing) continue;
      problems.push(
        ...lossesOf(reader, writer).map(
          (loss) => `Version ${reading + 1} has not ${loss}, which version ${writing + 1} has.`,
        ),
      );
    }
  }
  return problems;
}
