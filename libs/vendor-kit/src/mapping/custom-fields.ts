import type { CustomField } from '@sluice/schemas/schemas';
import { checkItems } from './budget.ts';
import type { Fields } from './fields.ts';
import { escapeHalves } from './half-characters.ts';
import { membersOfText } from './json-reader.ts';
import type { Reader } from './reader.ts';

type ReadCustom = (fields: Fields) => CustomField[];

/** The custom fields of several elements, one after the other. */
export function customFields(...readers: readonly Reader<CustomField[]>[]): Reader<CustomField[]> {
  return {
    origins: readers.flatMap(({ origins }) => origins),
    read: (fields, context) => readers.flatMap((reader) => reader.read(fields, context)),
  };
}

const custom = (path: string, field: keyof CustomField, read: ReadCustom): Reader<CustomField[]> => ({
  origins: [{ path, field }],
  read,
});

/**
 * Elements that are named by number, `crmData.c1` to `crmData.c20`.
 * @param pattern of the element's name
 */
export function numberedFields(parent: string, shown: string, pattern: RegExp): Reader<CustomField[]> {
  return custom(`${parent}.${shown}`, 'value', (fields) =>
    fields.below(parent).flatMap((path) => {
      const id = path.slice(parent.length + 1);
      if (!pattern.test(id)) return [];
      const value = fields.text(path);
      return value === null ? [] : [{ group: 'custom', id, name: null, value }];
    }),
  );
}

/**
 * `key=value&key=value`, as sent. Values are not URL-decoded, and the field is not consumed. Anything else yields no
 * fields.
 */
export function queryFields(path: string): Reader<CustomField[]> {
  return custom(path, 'value', (fields) => {
    const query = fields.peek(path)?.trim() ?? '';
    if (!query.includes('=')) return [];
    return checkItems(query.split('&')).map((pair) => {
      const at = pair.indexOf('=');
      const [name, value] = at < 0 ? [pair, null] : [pair.slice(0, at), pair.slice(at + 1)];
      return { group: path, id: null, name, value };
    });
  });
}

/** An object, or its JSON in a string; of the string the members are read and the text itself stays untaken. */
export function objectFields(path: string): Reader<CustomField[]> {
  return custom(path, 'value', (fields) => {
    const members = fields.below(path).flatMap((member): CustomField[] => {
      const value = fields.text(member);
      return value === null
        ? []
        : [{ group: path, id: null, name: nameOf(member.slice(path.length + 1)), value }];
    });
    return [...members, ...membersOf(fields.peek(path) ?? '', path)];
  });
}

/** A member's name as it was sent, where its path is this name alone and in brackets. */
function nameOf(path: string): string {
  const [, name] = /^\[("(?:[^"\\]|\\.)*")\]$/.exec(path) ?? [];
  return name === undefined ? path : (JSON.parse(name) as string);
}

function membersOf(json: string, group: string): CustomField[] {
  if (!json.trimStart().startsWith('{')) return [];
  return checkItems(membersOfText(json)).map(({ name, value }) => ({
    group,
    id: null,
    name: escapeHalves(name),
    value: escapeHalves(value),
  }));
}

/** A list of objects with `fieldid`, `field_name` and `field_value`. */
export function listedFields(path: string): Reader<CustomField[]> {
  const names = { id: 'fieldid', name: 'field_name', value: 'field_value' } as const;
  return {
    origins: Object.entries(names).map(([field, name]) => ({ field, path: `${path}.${name}` })),
    read: (fields) =>
      fields.items(path).flatMap((item): CustomField[] => {
        const [id, name, value] = [item.text(names.id), item.text(names.name), item.text(names.value)];
        return id === null && name === null && value === null ? [] : [{ group: path, id, name, value }];
      }),
  };
}

/** Three parallel lists: ids, names and values. */
export function parallelFields(ids: string, names: string, values: string): Reader<CustomField[]> {
  const paths = [ids, names, values] as const;
  return {
    origins: [
      { path: ids, field: 'id' },
      { path: names, field: 'name' },
      { path: values, field: 'value' },
    ],
    read(fields) {
      const found: CustomField[] = [];
      for (let at = 0; paths.some((path) => fields.has(`${path}[${at}]`)); at += 1) {
        const [id = null, name = null, value = null] = paths.map((path) => fields.text(`${path}[${at}]`));
        found.push({ group: 'field', id, name, value });
      }
      return found;
    },
  };
}
