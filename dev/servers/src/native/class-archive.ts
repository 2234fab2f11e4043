import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Folders } from '../folders.ts';
import type { Java } from './java.ts';

/** A Java server's class-data-sharing archive, which halves its start. */
export interface ClassArchive {
  /** The JVM's options: to use the archive, or to write it when the process ends. */
  options: () => string[];
  /** Puts a newly written archive into its place; to be called when the process has ended. */
  keep: () => void;
}

/** The archive of one server for one Java; a JVM ignores an archive that does not fit it. */
export function classArchive(name: string, folders: Folders, java: Java): ClassArchive {
  const folder = join(folders.config, name);
  const archive = join(folder, `classes-java${java.major}.jsa`);
  const fresh = `${archive}.new`;
  return {
    options() {
      if (existsSync(archive))
        return [`-XX:SharedArchiveFile=${archive}`, '-Xlog:cds=off', '-Xlog:cds+dynamic=off'];
      mkdirSync(folder, { recursive: true });
      rmSync(fresh, { force: true });
      return [`-XX:ArchiveClassesAtExit=${fresh}`, '-Xlog:cds=off', '-Xlog:cds+dynamic=off'];
    },
    keep() {
      if (existsSync(fresh)) renameSync(fresh, archive);
    },
  };
}
