import { oldestJava, type Java } from './native/java.ts';

/** What decides which provider can be used; probed on the machine, given in tests. */
export interface Machine {
  dockerAnswers(): Promise<boolean>;
  findJava(): Promise<Java | undefined>;
  hasMaven(): boolean;
}

export type Provider = { kind: 'docker' } | { kind: 'native'; java: Java };

/**
 * Docker when its daemon answers, else the servers as processes of this machine. `wish` is
 * `SLUICE_DEV_PROVIDER`, which decides when it is set. Throws an error that names what is missing.
 */
export async function chooseProvider(wish: string | undefined, machine: Machine): Promise<Provider> {
  switch (wish) {
    case undefined:
    case '':
      return (await machine.dockerAnswers())
        ? { kind: 'docker' }
        : native(machine, 'No Docker daemon answers and', 'start Docker, or ');
    case 'docker':
      if (await machine.dockerAnswers()) return { kind: 'docker' };
      throw new Error(
        'SLUICE_DEV_PROVIDER is "docker" but no Docker daemon with the compose plugin answers: start Docker, or unset the variable.',
      );
    case 'native':
      return native(machine, 'SLUICE_DEV_PROVIDER is "native" but', '');
    default:
      throw new Error(`SLUICE_DEV_PROVIDER is "${wish}": it must be "native" or "docker", or not be set.`);
  }
}

async function native(machine: Machine, because: string, otherwise: string): Promise<Provider> {
  const java = await machine.findJava();
  const maven = machine.hasMaven();
  if (java && java.major >= oldestJava && maven) return { kind: 'native', java };
  const javaLack = !java
    ? 'Java was not found'
    : java.major < oldestJava
      ? `${java.command} is Java ${java.major}`
      : undefined;
  const lacks = [javaLack, maven ? undefined : 'Maven (mvn) was not found'].filter(
    (lack) => lack !== undefined,
  );
  const install = [javaLack ? `Java ${oldestJava} or newer` : undefined, maven ? undefined : 'Maven'].filter(
    (name) => name !== undefined,
  );
  throw new Error(`${because} ${lacks.join(' and ')}: ${otherwise}install ${install.join(' and ')}.`);
}
