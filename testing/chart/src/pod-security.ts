import { containersOf, type Container, type PodSpec } from './pods.ts';

const restrictedVolumes = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/**
 * The profile "restricted" of Kubernetes' Pod Security Standards, and beyond it a root file system that is read-only
 * and no token of the API server (https://kubernetes.io/docs/concepts/security/pod-security-standards/).
 * @returns a message for each violation
 */
export function podSecurityProblems(pod: PodSpec): string[] {
  const problems: string[] = [];
  const say = (broken: boolean, message: string): void => {
    if (broken) problems.push(message);
  };
  say(
    pod.hostNetwork === true || pod.hostPID === true || pod.hostIPC === true,
    "It shares the host's namespaces.",
  );
  const context = pod.securityContext ?? {};
  say(context.runAsNonRoot !== true, 'The pod may run as root.');
  say(context.runAsUser === 0, 'The pod runs as root.');
  say(seccompOf(context) !== 'RuntimeDefault', 'The pod has no seccomp profile.');
  for (const volume of pod.volumes ?? []) {
    const kinds = Object.keys(volume).filter((key) => key !== 'name');
    say(
      kinds.some((kind) => !restrictedVolumes.has(kind)),
      `The volume ${String(volume.name)} is a ${kinds.join()}.`,
    );
  }
  for (const container of containersOf(pod))
    problems.push(...containerProblems(container).map((problem) => `${container.name}: ${problem}`));
  const { automountServiceAccountToken } = pod as { automountServiceAccountToken?: boolean };
  say(automountServiceAccountToken !== false, 'The pod gets a token of the API server.');
  return problems;
}

function containerProblems({ securityContext: context = {}, ports = [] }: Container): string[] {
  const { add = [], drop = [] } = (context.capabilities ?? {}) as { add?: string[]; drop?: string[] };
  const rules: [boolean, string][] = [
    [context.privileged === true, 'It is privileged.'],
    [context.allowPrivilegeEscalation !== false, 'It may gain privileges.'],
    [context.runAsNonRoot === false || context.runAsUser === 0, 'It may run as root.'],
    [context.readOnlyRootFilesystem !== true, 'Its root file system can be written.'],
    [!drop.includes('ALL'), 'It does not drop all capabilities.'],
    [add.some((one) => one !== 'NET_BIND_SERVICE'), `It adds the capabilities ${add.join()}.`],
    [![undefined, 'RuntimeDefault'].includes(seccompOf(context)), 'Its seccomp profile is another.'],
    [ports.some(({ hostPort }) => hostPort !== undefined && hostPort !== 0), 'It takes a port of the host.'],
  ];
  return rules.filter(([broken]) => broken).map(([, message]) => message);
}

function seccompOf(context: Readonly<Record<string, unknown>>): string | undefined {
  return (context.seccompProfile as { type?: string } | undefined)?.type;
}
