import type { Command } from 'commander';
import { registryAt } from './access.ts';
import { withServerContext } from './with-server-context.ts';
import { json, needed, registry, stream } from './options.ts';
import { sayer, type Print } from './say.ts';

interface SchemasOptions {
  readonly schemaRegistry: string;
  readonly stream: string;
  readonly json: boolean;
}

/** `sluice schemas register | list` */
export function defineSchemas(command: Command, print: Print): void {
  defineRegister(command, print);
  defineList(command, print);
}

function defineRegister(command: Command, print: Print): void {
  command
    .command('register')
    .description(
      'register the newest schema of every topic (every version where a subject has no schema yet), with FULL_TRANSITIVE compatibility',
    )
    .addOption(needed(registry()))
    .addOption(stream())
    .addOption(json())
    .addHelpText(
      'after',
      `
Example:
  sluice schemas register --schema-registry http://registry:8080/apis/ccompat/v7`,
    )
    .action(async ({ schemaRegistry, stream, json }: SchemasOptions) => {
      const { registerSchemas } = await import('@sluice/canonical-event/registry');
      const say = sayer(print, json);
      const ids = await withServerContext('The schema registry', '--schema-registry', schemaRegistry, () =>
        registerSchemas(registryAt(schemaRegistry), stream),
      );
      for (const [name, id] of ids)
        say(`${stream}.${name} is schema ${id}.`, { topic: `${stream}.${name}`, schemaId: id });
    });
}

function defineList(command: Command, print: Print): void {
  command
    .command('list')
    .description('list the schemas of the registry, with their files in schemas/')
    .addOption(needed(registry()))
    .addOption(stream())
    .addOption(json())
    .addHelpText('after', '\nExample:\n  sluice schemas list')
    .action(async ({ schemaRegistry, stream, json }: SchemasOptions) => {
      const { listSchemas } = await import('@sluice/canonical-event/registry');
      const say = sayer(print, json);
      const found = await withServerContext('The schema registry', '--schema-registry', schemaRegistry, () =>
        listSchemas(registryAt(schemaRegistry), stream),
      );
      for (const { topic, version, id, release } of found) {
        const file = release === null ? null : `schemas/${topic}/${release}.avsc`;
        say(`${stream}.${topic}  version ${version}  id ${id}  ${file ?? 'of another release'}`, {
          ...{ topic: `${stream}.${topic}`, version, schemaId: id, file },
        });
      }
      if (found.length === 0)
        throw new Error(`The registry has no schema of ${stream}: run "sluice schemas register".`);
    });
}
