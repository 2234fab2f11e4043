import type { SentRecord, SentValue, VendorTesting } from '../testing/vendor-testing.ts';

type Tree = [name: string, content: string | Tree][];

export const testing: VendorTesting = {
  coverageNote: '`dataType` of Echat is `meta.data_type`.',
  writeRecord,
};

function writeRecord(fields: readonly (readonly [string, string])[]): SentRecord {
  const root: Tree = [];
  for (const [path, value] of fields) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let parent = root;
    for (const name of names) {
      let child = parent.find(([known, content]) => known === name && Array.isArray(content))?.[1] as
        Tree | undefined;
      if (!child) parent.push([name, (child = [])]);
      parent = child;
    }
    parent.push([last, value]);
  }
  const sent: SentValue[] = [];
  const write = (tree: Tree, prefix: string): string => {
    const counts = new Map<string, number>();
    return tree
      .map(([name, content]) => {
        const nth = counts.get(name) ?? 0;
        counts.set(name, nth + 1);
        const path = `${prefix}${name}${nth === 0 ? '' : `[${nth}]`}`;
        if (Array.isArray(content)) return `<${name}>${write(content, `${path}.`)}</${name}>`;
        sent.push({ path, value: content });
        return `<${name}>${asText(content)}</${name}>`;
      })
      .join('\n');
  };
  const payload = `<xml>${write(root, '')}</xml>`;
  return { payload, sent };
}

/** In a CDATA section where it can stand in one. */
function asText(value: string): string {
  if (!value.includes(']')) return `<![CDATA[${value}]]>`;
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
