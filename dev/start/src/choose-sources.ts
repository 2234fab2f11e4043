import { join, relative, resolve } from 'node:path';
import { readSources } from '@sluice/sources/read-sources';
import type { Source } from '@sluice/sources/source';
import { vendors } from '@sluice/vendors';
import { writeSourcesFor } from './development-sources.ts';
import { panelOriginIn } from './panels.ts';

const root = join(import.meta.dirname, '../../..');
const developmentFile = join(root, 'config/sources.yaml');

/** The sources file that the services follow while they run. */
export interface ChosenSources {
  readonly file: string;
  readonly sources: readonly Source[];
  /** It is the user's own: nothing is sent to it unless asked for. */
  readonly isOwn: boolean;
}

export interface SourcesPlan {
  /** As given on the command line; relative to the folder that npm was called in. */
  readonly own: string | undefined;
  readonly stream: string;
  /** Where panels for staff are served. */
  readonly panelOrigin: string;
}

/**
 * The file itself wherever that can be. A copy of the development sources is made for a second system on this machine,
 * which needs another stream or other ports.
 * @throws an error for each problem of the file
 */
export function chooseSources({ own, stream, panelOrigin }: SourcesPlan): ChosenSources {
  const file =
    own === undefined ? developmentSources(stream, panelOrigin) : resolve(process.env.INIT_CWD ?? '.', own);
  const sources = readSources(file, process.env, vendors);
  const others = sources.filter((source) => source.stream !== stream);
  if (others.length > 0)
    throw new Error(
      `${shown(file)}: npm start runs one stream, ${stream}, and ${others.map((source) => `${source.id} is of ${source.stream}`).join(', ')}. Set SLUICE_DEV_STREAM, or leave them out.`,
    );
  return { file, sources, isOwn: own !== undefined };
}

function developmentSources(stream: string, panelOrigin: string): string {
  const asIs = readSources(developmentFile, 'unread', vendors);
  const isRight = asIs.every(
    (source) =>
      source.stream === stream &&
      (source.staff?.pages ?? []).every((page) => page.origins.includes(panelOrigin)),
  );
  return isRight
    ? developmentFile
    : writeSourcesFor(stream, join(root, '.sluice/config', stream), panelOriginIn(panelOrigin));
}

/** As a person would name it from the repository. */
export function shown(file: string): string {
  const within = relative(root, file);
  return within.startsWith('..') ? file : within;
}
