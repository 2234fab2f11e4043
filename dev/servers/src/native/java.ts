import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath } from '../find-on-path.ts';

/** A Java runtime of this machine. */
export interface Java {
  command: string;
  home: string;
  /** As in 17. */
  major: number;
}

/** What the servers need at least: Kafka 4 runs on nothing older. */
export const oldestJava = 17;

/** The Java of JAVA_HOME, else of PATH; undefined when there is none that runs. */
export async function findJava(env: NodeJS.ProcessEnv): Promise<Java | undefined> {
  const command = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', 'java') : findOnPath('java', env);
  if (command === undefined) return undefined;
  try {
    const { stderr } = await promisify(execFile)(command, ['-XshowSettings:properties', '-version'], { env });
    return parseJavaProperties(command, stderr);
  } catch {
    return undefined;
  }
}

/** Reads what `java -XshowSettings:properties -version` prints; "1.8" is Java 8. */
export function parseJavaProperties(command: string, text: string): Java | undefined {
  const home = /^ *java\.home = (.+)$/m.exec(text)?.[1];
  const major = /^ *java\.specification\.version = (?:1\.)?(\d+)/m.exec(text)?.[1];
  return home === undefined || major === undefined ? undefined : { command, home, major: Number(major) };
}
