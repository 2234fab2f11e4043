import type { Context } from '@sluice/service/run-service';
import { FilesRead } from './files-read.ts';
import { readSources } from './read-sources.ts';
import type { SecretsFrom } from './secret-places.ts';
import { sourceChanges } from './source-changes.ts';
import type { SourceVendor } from './source-vendor.ts';
import type { Source } from './source.ts';

/** The sources as the file and its secrets say now. */
export interface LiveSources {
  all(): readonly Source[];
  find(id: string): Source | undefined;
  /** Why the file cannot be used as it is now, so that an older state of it is; null when it can. */
  problem(): string | null;
  stop(): void;
}

export interface LiveSourcesOptions {
  /** By id. */
  readonly vendors: Readonly<Record<string, SourceVendor>>;
  /** How often file and secrets are read again, in ms. Mounted secrets change without telling anybody. */
  readonly everyMs: number;
  /** Says why new sources need a restart; null if they do not. */
  readonly refuse: (sources: readonly Source[]) => string | null;
  /** Called once per change. */
  readonly on: {
    /** @param changes as `sourceChanges` names them */
    changed(sources: readonly Source[], changes: readonly string[]): void;
    problem(text: string): void;
  };
}

/**
 * Reads the sources, and again when they change: keys are rotated under load, without a restart. What cannot be
 * used changes nothing: the sources of before stay, and the problem is told.
 * @param file as `readSources` takes it, and so `secrets`
 * @throws SourcesError when they cannot be used at the start
 */
export function liveSources(file: string, secrets: SecretsFrom, options: LiveSourcesOptions): LiveSources {
  let files = new FilesRead();
  let sources = byId(readSources(file, secrets, options.vendors, files));
  let problem: string | null = null;

  const tell = (text: string): void => {
    if (text !== problem) options.on.problem(text);
    problem = text;
  };
  const readAgain = (): void => {
    // To parse and to check what is the same as before takes milliseconds.
    if (!files.haveChanged()) return;
    files = new FilesRead();
    let read: Source[];
    try {
      read = readSources(file, secrets, options.vendors, files);
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error));
      return;
    }
    const refusal = options.refuse(read);
    if (refusal !== null) {
      tell(refusal);
      return;
    }
    problem = null;
    const changes = sourceChanges([...sources.values()], read);
    if (changes.length === 0) return;
    sources = byId(read);
    options.on.changed(read, changes);
  };
  const timer = setInterval(readAgain, options.everyMs).unref();
  return {
    all: () => [...sources.values()],
    find: (id) => sources.get(id),
    problem: () => problem,
    stop: () => clearInterval(timer),
  };
}

/**
 * Live sources of a service: what changes is logged, and a metric says whether the file is unusable as it is.
 * @param warningsOf what the log warns of, at the start and after each change
 */
export function serviceSources(
  file: string,
  secrets: SecretsFrom,
  vendors: LiveSourcesOptions['vendors'],
  { log, telemetry }: Pick<Context<object>, 'log' | 'telemetry'>,
  refuse: LiveSourcesOptions['refuse'] = () => null,
  warningsOf: (sources: readonly Source[]) => string[] = () => [],
): LiveSources {
  const warn = (all: readonly Source[]): void => {
    for (const text of warningsOf(all)) log.warn(text);
  };
  const sources = liveSources(file, secrets, {
    vendors,
    everyMs: 2_000,
    refuse,
    on: {
      changed: (all, changes) => {
        log.info(`the sources changed: ${changes.join('; ')}`);
        warn(all);
      },
      problem: (text) => log.error(text),
    },
  });
  warn(sources.all());
  telemetry.gauge('sluice_sources_unusable', () => Number(sources.problem() !== null));
  telemetry.gauges('sluice_source_info', () =>
    sources.all().map(({ id, vendor, stream }) => [{ source: id, vendor, stream }, 1] as const),
  );
  return sources;
}

function byId(sources: readonly Source[]): ReadonlyMap<string, Source> {
  return new Map(sources.map((source) => [source.id, source]));
}
