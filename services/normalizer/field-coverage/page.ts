import type { CanonicalTopic } from '@sluice/schemas/topics';
import { canonicalTopics } from '@sluice/schemas/topics';
import { durationFields, durationFieldsOf } from '@sluice/sources/duration-fields';
import type { CodeTable } from '../src/codes.ts';
import * as echatCodes from '../src/echat/codes.ts';
import * as sobotCodes from '../src/sobot/codes.ts';
import {
  canonicalFields,
  dataTypesOf,
  destinationsOf,
  destinationsOfPath,
  type CanonicalField,
} from './destinations.ts';
import { documentedShapes, pathsOf, vendors, type DocumentedShape, type Vendor } from './documented.ts';

const titles: Record<Vendor, string> = { echat: 'Echat 一洽', sobot: 'Sobot 智齿' };
/** The tables of a module of codes, by name. */
const tablesIn = (codes: object): [string, CodeTable<string>][] =>
  Object.entries(codes as Record<string, CodeTable<string>>).filter(([, table]) => 'rows' in table);

const codesOf: Record<Vendor, [string, CodeTable<string>][]> = {
  echat: tablesIn(echatCodes),
  sobot: tablesIn(sobotCodes),
};

/** The text of docs/reference/field-coverage.md. */
export function renderPage(): string {
  const fields = canonicalFields();
  const types = new Map(fields.map(({ topic, field, type }) => [`${topic} ${field}`, type]));
  return [
    '# Field coverage',
    intro(),
    ...vendors.flatMap((vendor) => [
      `## ${titles[vendor]}`,
      ...documentedShapes(vendor).map((shape) => renderShape(vendor, shape, types)),
    ]),
    '## Canonical fields',
    'The reverse: where each field comes from. `meta` is the same in every topic.',
    ...canonicalTopics.map((topic) => renderTopic(topic, fields)),
    '## Codes',
    'A coded field holds the symbol, `<name>_code` what was sent. A code that no table lists is `UNKNOWN`, kept and counted.',
    ...vendors.flatMap((vendor) => codesOf[vendor].map(([name, table]) => renderCodes(vendor, name, table))),
    '## Units of durations',
    'The pages contradict themselves, so the unit of each duration is a setting of the source, `durationUnits` (see [configuration](configuration.md)); this is the default.',
    ...vendors.map((vendor) =>
      table(
        ['setting', 'unit'],
        durationFieldsOf(vendor).map((field) => [`\`${field}\``, durationFields[field].unit]),
      ),
    ),
    '',
  ].join('\n\n');
}

function intro(): string {
  const count = (vendor: Vendor, of: (shape: DocumentedShape) => number): number =>
    documentedShapes(vendor).reduce((sum, shape) => sum + of(shape), 0);
  const documented = vendors.map((vendor) => count(vendor, ({ fields }) => Object.keys(fields).length));
  const shown = vendors.map((vendor) => count(vendor, ({ inSamplesOnly }) => inSamplesOnly.length));
  return [
    'Generated from the mappings by `npm run field-coverage -w services/normalizer`; a test compares it with them and with',
    `the vendors' pages. Every field that the pages document has a destination: ${documented[0]} of Echat (${shown[0]} more`,
    `that only its samples show) and ${documented[1]} of Sobot (${shown[1]} more). A value that does not convert, and every element`,
    'that nobody documents, stays in `attributes` by its path.',
    '',
    "`ticket` and `calllog` are only named by Sobot's page; their known fields are in the tables of `ticket.v1` and `call.v1`. The",
    'envelope of Sobot (`sys_code`) stays in `attributes`; its `type` is `meta.data_type`, as is `dataType` of Echat.',
  ].join('\n');
}

function renderShape(vendor: Vendor, shape: DocumentedShape, types: ReadonlyMap<string, string>): string {
  const [first = ''] = shape.dataTypes;
  const origins = destinationsOf(vendor, first);
  const rows = pathsOf(shape).map((path) => {
    const destinations = destinationsOfPath(origins, path);
    const to = destinations.map(({ topic, field }) => `\`${topic}\` \`${field}\``);
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

function renderTopic(topic: CanonicalTopic, fields: readonly CanonicalField[]): string {
  const from = (vendor: Vendor, field: string): string => {
    const paths = dataTypesOf(vendor).flatMap((dataType) =>
      destinationsOf(vendor, dataType)
        .filter((origin) => origin.topic === topic && origin.field === field)
        .map(({ path }) => `${dataType} \`${path}\``),
    );
    return [...new Set(paths)].join('<br>');
  };
  const rows = fields
    .filter((field) => field.topic === topic && !field.field.startsWith('attributes.'))
    .filter(({ field }) => topic === 'conversation.v1' || !field.startsWith('meta.'))
    .map(({ field, type, doc }) => [`\`${field}\``, type, from('echat', field), from('sobot', field), doc]);
  return `### ${topic}\n\n${table(['field', 'type', 'Echat', 'Sobot', 'meaning'], rows)}`;
}

function renderCodes(vendor: Vendor, name: string, { rows }: CodeTable<string>): string {
  const cells = rows.map(([code, text, symbol]) => [`\`${code}\``, text, `\`${symbol}\``]);
  return `### ${titles[vendor]}: ${name}\n\n${table(['code', "the page's words", 'becomes'], cells)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
