import { chooseProvider, type Machine } from './choose-provider.ts';
import { dockerAnswers } from './docker/docker-answers.ts';
import { dockerFleet } from './docker/docker-fleet.ts';
import { readPorts } from './endpoints.ts';
import { findOnPath } from './find-on-path.ts';
import type { Fleet } from './fleet.ts';
import type { Folders } from './folders.ts';
import { findJava } from './native/java.ts';
import { nativeFleet } from './native/native-servers.ts';

/** The development servers, of whichever provider this machine has. Which one that is, is decided at the start. */
export function developmentFleet(folders: Folders, env: NodeJS.ProcessEnv): Fleet {
  let chosen: Fleet | undefined;
  return {
    async start(report, signal) {
      const ports = readPorts(env);
      const provider = await chooseProvider(env.SLUICE_DEV_PROVIDER, thisMachine(env));
      switch (provider.kind) {
        case 'docker':
          report({ stage: 'check', message: 'Docker answers: the servers run in containers' });
          chosen = dockerFleet(ports, env);
          break;
        case 'native':
          report({
            stage: 'check',
            message: `Java ${provider.java.major}: the servers run as processes, without Docker`,
          });
          chosen = nativeFleet(folders, ports, provider.java, report);
      }
      return chosen.start(report, signal);
    },
    stop: async (report) => chosen?.stop(report),
  };
}

/** What this machine has. */
export function thisMachine(env: NodeJS.ProcessEnv): Machine {
  return {
    dockerAnswers: () => dockerAnswers(),
    findJava: () => findJava(env),
    hasMaven: () => findOnPath('mvn', env) !== undefined,
  };
}
