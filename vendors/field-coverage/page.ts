import type { CanonicalTopic } from '@sluice/schemas/topics';
import { canonicalTopics } from '@sluice/schemas/topics';
import type { CodeTable } from '@sluice/vendor-kit/mapping/codes';
import type { VendorMapping } from '@sluice/vendor-kit/mapping/mapping';
import { loadMappings, mappingOf, type Vendor } from '@sluice/vendor-kit/vendor';
import {
  canonicalFields,
  dataTypesOf,
  destinationsOf,
  destinationsOfPath,
  type CanonicalField,
} from './destinations.ts';
import { documentedShapes, pathsOf, type DocumentedShape } from './documented.ts';
import { vendors, type VendorId } from '../index.ts';
import { testingOf } from '../testing/vendor-testing.ts';

/** A vendor, with what the page says about it. */
interface Described {
  readonly id: VendorId;
  readonly vendor: Vendor;
  readonly mapping: VendorMapping;
  readonly shapes: readonly DocumentedShape[];
  readonly note: string;
}

async function describeVendors(): Promise<Described[]> {
  const mappings = await loadMappings(vendors);
  const ids = Object.keys(vendors) as VendorId[];
  const described = ids.map(async (id) => ({
    id,
    vendor: vendors[id],
    mapping: mappingOf({ vendor: id }, mappings),
    shapes: documentedShapes(id),
    note: (await testingOf(id)).coverageNote,
  }));
  return Promise.all(described);
}

/** The text of docs/reference/field-coverage.md. */
export async function renderPage(): Promise<string> {
  const described = await describeVendors();
  const fields = canonicalFields();
  const types = new Map(fields.map(({ topic, field, type }) => [`${topic} ${field}`, type]));
  return [
    '# Field coverage',
    intro(described),
    ...described.flatMap(({ vendor, mapping, shapes }) => [
      `## ${vendor.name}`,
      ...shapes.map((shape) => renderShape(mapping, shape, types)),
    ]),
    '## Canonical fields',
    'The reverse: where each field comes from. `meta` is the same in every topic.',
    ...canonicalTopics.map((topic) => renderTopic(topic, fields, described)),
    '## Codes',
    'A coded field holds the symbol, `<name>_code` what was sent. A code that no table lists is `UNKNOWN`, kept and counted.',
    ...described.flatMap(({ vendor, mapping }) =>
      Object.entries(mapping.codes).map(([name, codes]) => renderCodes(vendor, name, codes)),
    ),
    '## Units of durations',
    'The pages contradict themselves, so the unit of each duration is a setting of the source, `durationUnits` (see [configuration](configuration.md)); this is the default.',
    ...described.map(({ vendor }) =>
      table(
        ['setting', 'unit'],
        Object.entries(vendor.durations).map(([field, unit]) => [`\`${field}\``, unit]),
      ),
    ),
    '',
  ].join('\n\n');
}

function intro(described: readonly Described[]): string {
  const counts = described.map(({ vendor, shapes }) => {
    const sum = (of: (shape: DocumentedShape) => number): number =>
      shapes.reduce((total, shape) => total + of(shape), 0);
    const documented = sum(({ fields }) => Object.keys(fields).length);
    const shown = sum(({ inSamplesOnly }) => inSamplesOnly.length);
    return `${documented} of ${vendor.name}${shown > 0 ? ` (${shown} more that only its samples show)` : ''}`;
  });
  return [
    `\`npm run generate\` writes this page from the mappings. A test compares it with them and with the vendors' pages.`,
    `Every documented field has a destination: ${counts.join(', ')}. A value that cannot be converted, and`,
    'an element that is undocumented or has no field in the model, stays in `attributes` under its path.',
    '',
    described.map(({ note }) => note).join('\n'),
  ].join('\n');
}

function renderShape(
  mapping: VendorMapping,
  shape: DocumentedShape,
  types: ReadonlyMap<string, string>,
): string {
  const [first = ''] = shape.dataTypes;
  const origins = destinationsOf(mapping, first);
  const rows = pathsOf(shape).map((path) => {
    const destinations = destinationsOfPath(origins, path);
    const to = shape.inAttributes?.includes(path)
      ? ['`attributes`']
      : destinations.map(({ topic, field }) => `\`${topic}\` \`${field}\``);
    const kinds = destinations.map(({ topic, field }) => types.get(`${topic} ${field}`) ?? '');
    return [
      `\`${path}\``,
      shape.fields[path] ?? '(in the samples only)',
      [...new Set(to)].join('<br>'),
      [...new Set(kinds)].join('<br>'),
    ];
  });
  return `### ${shape.dataTypes.join(', ')} (${shape.section})\n\n${table(['field', "the page's words", 'becomes', 'type'], rows)}`;
}

function renderTopic(
  topic: CanonicalTopic,
  fields: readonly CanonicalField[],
  described: readonly Described[],
): string {
  const from = ({ mapping }: Described, field: string): string => {
    const paths = dataTypesOf(mapping).flatMap((dataType) =>
      destinationsOf(mapping, dataType)
        .filter((origin) => origin.topic === topic && origin.field === field)
        .map(({ path }) => `${dataType} \`${path}\``),
    );
    return [...new Set(paths)].join('<br>');
  };
  const rows = fields
    .filter((field) => field.topic === topic && !field.field.startsWith('attributes.'))
    .filter(({ field }) => topic === 'conversation.v1' || !field.startsWith('meta.'))
    .map(({ field, type, doc }) => [`\`${field}\``, type, ...described.map((one) => from(one, field)), doc]);
  const names = described.map(({ vendor }) => vendor.name);
  return `### ${topic}\n\n${table(['field', 'type', ...names, 'meaning'], rows)}`;
}

function renderCodes(vendor: Vendor, name: string, { rows }: CodeTable<string>): string {
  const cells = rows.map(([code, text, symbol]) => [`\`${code}\``, text, `\`${symbol}\``]);
  return `### ${vendor.name}: ${name}\n\n${table(['code', "the page's words", 'becomes'], cells)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
