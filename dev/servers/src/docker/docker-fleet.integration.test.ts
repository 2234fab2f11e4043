import { execFileSync } from 'node:child_process';
import { DockerComposeEnvironment, Wait } from 'testcontainers';
import { repositoryRoot } from '../folders.ts';

/** Synchronous, since tests are chosen before any of them runs. */
function docker(...args: string[]): boolean {
  try {
    execFileSync('docker', args, { stdio: 'ignore', cwd: repositoryRoot });
    return true;
  } catch {
    return false;
  }
}

const withCompose = docker('compose', 'version') ? test : test.skip; // no compose plugin here
withCompose('docker compose accepts docker-compose.yml', () => {
  expect(docker('compose', '-f', 'docker-compose.yml', 'config', '--quiet')).toBe(true);
});

const withDocker = docker('info') ? test : test.skip; // no Docker daemon here
withDocker(
  'the containers become healthy and answer where they say',
  async () => {
    const ports = { REGISTRY: '29081', KAFKA: '29092', ELASTICSEARCH: '29200', CLICKHOUSE: '28123' };
    const variables = Object.entries(ports).map(([name, port]) => [`SLUICE_DEV_${name}_PORT`, port]);
    let compose = new DockerComposeEnvironment(repositoryRoot, 'docker-compose.yml')
      .withProjectName(`sluice-test-${process.pid}`)
      .withEnvironment(Object.fromEntries(variables) as Record<string, string>);
    for (const service of ['kafka', 'registry', 'elasticsearch', 'clickhouse']) {
      compose = compose.withWaitStrategy(`${service}-1`, Wait.forHealthCheck());
    }
    const environment = await compose.up();
    try {
      for (const address of [
        `http://127.0.0.1:${ports.REGISTRY}/apis/ccompat/v7/subjects`,
        `http://127.0.0.1:${ports.ELASTICSEARCH}/_cluster/health`,
        `http://127.0.0.1:${ports.CLICKHOUSE}/?query=SELECT+1`,
      ]) {
        expect((await fetch(address)).status).toBe(200);
      }
    } finally {
      await environment.down({ removeVolumes: true });
    }
  },
  600_000,
);
