import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import type { Manifest } from './render.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** Says what is wrong with an object; null when its kind is not known. */
export type Validate = (manifest: Manifest) => string[] | null;

/** Strict validation by the schemas of one Kubernetes version: fields that it does not know are refused. */
export function coreValidator(wheel: string, version: string): Validate {
  const folder = join(wheel, 'kubernetes_validate/kubernetes-json-schema', `v${version}-local-strict`);
  const ajv = newAjv();
  ajv.addSchema(readSchema(join(folder, '_definitions.json')), '_definitions.json');
  return (manifest) => {
    const id = `${manifest.apiVersion} ${manifest.kind}`;
    const [version = '', group] = manifest.apiVersion.split('/').reverse();
    const short = group?.split('.')[0];
    const file = join(
      folder,
      `${[manifest.kind.toLowerCase(), ...(short ? [short] : []), version].join('-')}.json`,
    );
    if (!existsSync(file)) return null;
    if (!ajv.getSchema(id)) ajv.addSchema(readSchema(file), id);
    return problemsOf(ajv, id, manifest);
  };
}

/** Validation by CustomResourceDefinitions, found by group and kind: fields that they do not list are refused. */
export function customValidator(folders: readonly string[]): Validate {
  const ajv = newAjv();
  for (const folder of folders) {
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
      const { spec } = parse(readFileSync(join(folder, file), 'utf8')) as Definition;
      for (const { schema } of spec.versions.slice(-1))
        ajv.addSchema(closed(schema.openAPIV3Schema) as object, `${spec.group} ${spec.names.kind}`);
    }
  }
  return (manifest) => {
    const id = `${manifest.apiVersion.split('/')[0] ?? ''} ${manifest.kind}`;
    return ajv.getSchema(id) ? problemsOf(ajv, id, manifest) : null;
  };
}

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: JsonSchema } }[];
  };
}

const newAjv = () => new Ajv({ schemaId: 'auto', unknownFormats: 'ignore', allErrors: true, logger: false });

/** Their `$id` and references name a path of an API server. */
function readSchema(file: string): object {
  const text = readFileSync(file, 'utf8').replaceAll('/api/_definitions.json', '_definitions.json');
  const { $id: _id, id: _older, $schema: _schema, ...schema } = JSON.parse(text) as JsonSchema;
  return schema;
}

function problemsOf(ajv: ReturnType<typeof newAjv>, id: string, manifest: Manifest): string[] {
  if (ajv.validate(id, manifest)) return [];
  return (ajv.errors ?? []).map(
    ({ dataPath, message, params }) => `${dataPath} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}

/** A definition's schema as JSON Schema: what is not listed is refused, unless it is to be preserved. */
function closed(schema: unknown, isRoot = true): unknown {
  if (Array.isArray(schema)) return schema.map((one) => closed(one, false));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { properties, ...rest } = schema as { properties?: JsonSchema } & JsonSchema;
  const inner = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, key === 'default' ? value : closed(value, false)]),
  );
  // Go's own syntax; what it would check is left unchecked.
  if (String(inner.pattern).includes('(?i)')) delete inner.pattern;
  if (rest['x-kubernetes-int-or-string'] === true) return { type: ['integer', 'string'] };
  if (properties === undefined) return inner;
  const isOpen =
    rest['x-kubernetes-preserve-unknown-fields'] === true || rest.additionalProperties !== undefined;
  return {
    ...inner,
    properties: {
      ...Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, closed(value, false)])),
      ...(isRoot ? { metadata: { type: 'object' }, status: {} } : {}),
    },
    ...(isOpen ? {} : { additionalProperties: false }),
  };
}
