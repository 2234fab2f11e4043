/**
 * The file system as the spool needs it, so that tests can break it. Every method rejects with the system's
 * error (`code`: ENOSPC, EIO, EROFS …). What a crash of the machine leaves behind:
 * - bytes of a file: those that were there when its last `sync` resolved
 * - names in a folder: those that were there when the last `syncFolder` resolved
 */
export interface SpoolFiles {
  /** Creates a folder (0700), its parents too, durably. One that exists stays as it is. */
  makeFolder(path: string): Promise<void>;
  /** The names of the files in a folder, sorted. */
  list(folder: string): Promise<string[]>;
  /** The names of the folders in a folder, sorted. */
  folders(folder: string): Promise<string[]>;
  /**
   * Files are made with 0600.
   * - `create`: for writing; rejects when the name is taken
   * - `replace`: for writing; empties what is there
   * - `read`: what is there
   * - `mend`: what is there, to be truncated
   */
  open(path: string, mode: 'create' | 'replace' | 'read' | 'mend'): Promise<SpoolFile>;
  /** Atomic; replaces what has that name. */
  rename(from: string, to: string): Promise<void>;
  /** Resolves also when there is no such file. */
  remove(path: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
  /**
   * Takes the folder for this process, until `release` or the end of the process, however it ends.
   * Null when somebody else has it.
   */
  lock(folder: string): Promise<FolderLock | null>;
}

export interface SpoolFile {
  /** Bytes of the file. */
  size(): Promise<number>;
  /** Fills `into` from the position in the file. Resolves to the bytes that were read: fewer at the end. */
  read(into: Buffer, position: number): Promise<number>;
  /** Resolves to the bytes that were written, which may be fewer than asked for. */
  write(bytes: Buffer, position: number): Promise<number>;
  truncate(bytes: number): Promise<void>;
  /** fdatasync. When it rejects, what was not synced before counts as lost, whatever can be read. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface FolderLock {
  release(): void;
}

/** Writes all of it, in as many writes as it takes. */
export async function writeAll(file: SpoolFile, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const written = await file.write(bytes.subarray(done), position + done);
    if (written === 0) throw new Error('the disk takes no bytes');
    done += written;
  }
}

/** What the operator reads about an error of the file system. */
export function reasonOf(error: unknown): string {
  if (!Error.isError(error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return `the disk is full (${error.message})`;
  if (code === 'EROFS') return `the disk is read-only (${error.message})`;
  if (code === 'EACCES' || code === 'EPERM')
    return `this process may not write in the folder (${error.message})`;
  if (code === 'EIO') return `the disk fails (${error.message})`;
  return error.message;
}
