import { Secret } from '@sluice/service/secret';
import type { Source } from './source.ts';

/** Settings that a source keeps under another name than its file does. */
const settingOf: Readonly<Record<string, string>> = {
  pathSecret: 'access.pathSecret',
  addresses: 'access.addresses',
  utcOffsetMinutes: 'utcOffset',
};

/**
 * What changed between two states of the sources, without any value: `shop-east: token.current, token.previous`,
 * `shop-west is new`, `old-shop is gone`. Lists are named whole, staff pages by their id.
 * @returns a text for each source that changed; empty if nothing did
 */
export function sourceChanges(before: readonly Source[], after: readonly Source[]): string[] {
  const gone = before.filter(({ id }) => !after.some((source) => source.id === id));
  return [
    ...after.flatMap((source) => {
      const former = before.find(({ id }) => id === source.id);
      if (!former) return [`${source.id} is new`];
      const settings = differences(former, source);
      return settings.length > 0 ? [`${source.id}: ${settings.join(', ')}`] : [];
    }),
    ...gone.map(({ id }) => `${id} is gone`),
  ];
}

/** Settings that two sources have differently, each by its path in the file. */
function differences(before: Source, after: Source): string[] {
  const [old, fresh] = [settingsOf(before), settingsOf(after)];
  const paths = new Set([...old.keys(), ...fresh.keys()]);
  return [...paths].filter((path) => old.get(path) !== fresh.get(path));
}

/** Every setting by its path. The values are compared and never shown. */
function settingsOf(source: Source): Map<string, string> {
  const settings = new Map<string, string>();
  const note = (value: unknown, path: readonly string[]): void => {
    if (value instanceof Secret) settings.set(path.join('.'), value.reveal());
    else if (isPages(value)) for (const page of value) note(page, [...path, page.id]);
    else if (typeof value !== 'object' || value === null || Array.isArray(value))
      settings.set(path.join('.'), JSON.stringify(value));
    else for (const [name, one] of Object.entries(value)) note(one, [...path, name]);
  };
  const { settings: ofVendor, ...ofAll } = source;
  for (const [name, value] of Object.entries({ ...ofAll, ...(ofVendor as object) }))
    note(value, [settingOf[name] ?? name]);
  // No previous key, and no keys at all: neither is a setting of the file.
  for (const [path, value] of settings) if (value === 'null') settings.delete(path);
  return settings;
}

function isPages(value: unknown): value is readonly { readonly id: string }[] {
  const first: unknown = Array.isArray(value) ? value[0] : null;
  return typeof first === 'object' && first !== null && 'id' in first;
}
