import { podSecurityProblems } from './pod-security.ts';
import type { PodSpec } from './pods.ts';

const container = {
  name: 'one',
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
};
const restricted: PodSpec & { automountServiceAccountToken: boolean } = {
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [container],
  volumes: [{ name: 'tmp', emptyDir: {} }],
};
const within = (securityContext: object) => ({
  containers: [{ ...container, securityContext: { ...container.securityContext, ...securityContext } }],
});

test('a pod that keeps to the profile has no problem', () => {
  expect(podSecurityProblems(restricted)).toEqual([]);
});

test.each([
  ["the host's network", { hostNetwork: true }],
  ['root is not excluded', { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }],
  ['no seccomp profile', { securityContext: { runAsNonRoot: true } }],
  ['a token', { automountServiceAccountToken: true }],
  ["a folder of the host's", { volumes: [{ name: 'host', hostPath: { path: '/' } }] }],
  ['a privileged container', within({ privileged: true })],
  ['a container that runs as root', within({ runAsUser: 0 })],
  ['privileges that grow', within({ allowPrivilegeEscalation: true })],
  ['a root file system that can be written', within({ readOnlyRootFilesystem: false })],
  ['capabilities that stay', within({ capabilities: {} })],
  ['a capability that is added', within({ capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } })],
  ['no seccomp in a container', within({ seccompProfile: { type: 'Unconfined' } })],
  ['a port of the host', { containers: [{ ...container, ports: [{ hostPort: 80 }] }] }],
  ['an init container', { initContainers: [{ name: 'first' }] }],
])('refused: %s', (_, change) => {
  expect(podSecurityProblems({ ...restricted, ...change })).not.toEqual([]);
});
