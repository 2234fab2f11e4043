import avsc from 'avsc';

const { ArrayType, EnumType, MapType, RecordType, UnwrappedUnionType, WrappedUnionType } = avsc.types;

/**
 * What a reader would drop of values that another schema wrote: Avro leaves out each field that the reader does not
 * have, and takes each symbol that its enum does not have for the enum's default.
 * @param reader a type that reads what `writer` wrote
 * @returns a phrase for each, such as `the field visitor.ip` or `the symbol TELEGRAM of channel`; empty when the reader
 *   keeps everything
 */
export function lossesOf(reader: avsc.Type, writer: avsc.Type): string[] {
  return lossesAt('', reader, writer, new Map());
}

/** @param compared the pairs that are compared already: a type may hold itself, and the same type may stand twice */
function lossesAt(
  path: string,
  reader: avsc.Type,
  writer: avsc.Type,
  compared: Map<avsc.Type, Set<avsc.Type>>,
): string[] {
  const readers = compared.get(writer) ?? new Set();
  if (readers.has(reader)) return [];
  compared.set(writer, readers.add(reader));
  const within = (at: string, read: avsc.Type, written: avsc.Type): string[] =>
    lossesAt(at, read, written, compared);

  if (isUnion(reader) || isUnion(writer))
    return branchesOf(writer).flatMap((branch) => {
      const read = branchesOf(reader).find((one) => one.branchName === branch.branchName);
      return read ? within(path, read, branch) : [];
    });
  if (reader instanceof RecordType && writer instanceof RecordType)
    return writer.fields.flatMap((field) => {
      const at = path === '' ? field.name : `${path}.${field.name}`;
      const read = reader.fields.find(({ name, aliases }) => [name, ...aliases].includes(field.name));
      return read ? within(at, read.type, field.type) : [`the field ${at}`];
    });
  if (reader instanceof EnumType && writer instanceof EnumType)
    return writer.symbols
      .filter((symbol) => !reader.symbols.includes(symbol))
      .map((symbol) => `the symbol ${symbol} of ${path}`);
  if (reader instanceof ArrayType && writer instanceof ArrayType)
    return within(path, reader.itemsType, writer.itemsType);
  if (reader instanceof MapType && writer instanceof MapType)
    return within(path, reader.valuesType as avsc.Type, writer.valuesType as avsc.Type);
  return [];
}

type Union = avsc.types.UnwrappedUnionType | avsc.types.WrappedUnionType;

const isUnion = (type: avsc.Type): type is Union =>
  type instanceof UnwrappedUnionType || type instanceof WrappedUnionType;

/** A type that is no union is one of a single branch. */
const branchesOf = (type: avsc.Type): readonly avsc.Type[] => (isUnion(type) ? type.types : [type]);
