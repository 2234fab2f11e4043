import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Reads files as text, and says later whether one of them has changed. */
export class FilesRead {
  /** Hashes of contents by path; null: the file could not be read. Texts may be secrets. */
  readonly #contents = new Map<string, string | null>();

  /** @throws as `readFileSync` */
  read(path: string): string {
    this.#contents.set(path, null);
    const text = readFileSync(path, 'utf8');
    this.#contents.set(path, hashOf(text));
    return text;
  }

  haveChanged(): boolean {
    return Array.from(this.#contents).some(([path, content]) => contentOf(path) !== content);
  }
}

const hashOf = (text: string): string => hash('sha256', text, 'base64');

function contentOf(path: string): string | null {
  try {
    return hashOf(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
