import avsc from 'avsc';

/**
 * Whether each version reads what each other version wrote: the registry's FULL_TRANSITIVE, without a registry.
 * @param versions of one topic's schema, oldest first
 * @returns a sentence for each pair that does not fit; empty when all do
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
      }
    }
  }
  return problems;
}
