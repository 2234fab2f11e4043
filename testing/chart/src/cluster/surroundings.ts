import { namespace } from '../render.ts';

const zones = ['a', 'b', 'c'];

/** What a cluster has before somebody installs the chart: nodes, volumes, and what values of `ci/` name. */
export const surroundings: readonly object[] = [
  // Kubernetes refuses a pod here that is not restricted.
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: namespace,
      labels: {
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/enforce-version': 'latest',
      },
    },
  },
  ...zones.map((zone) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `node-${zone}`,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: {
        'kubernetes.io/hostname': `node-${zone}`,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/zone': zone,
      },
    },
    status: {
      allocatable: { cpu: '32', memory: '256Gi', pods: '110', 'ephemeral-storage': '1Ti' },
      capacity: { cpu: '32', memory: '256Gi', pods: '110', 'ephemeral-storage': '1Ti' },
    },
  })),
  storageClass('standard', { 'storageclass.kubernetes.io/is-default-class': 'true' }),
  storageClass('fast', {}),
  ...['standard', 'fast'].flatMap((storageClassName) => Array.from({ length: 40 }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `${storageClassName}-${index}` },
    spec: {
      storageClassName,
      capacity: { storage: '100Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path: `/volumes/${storageClassName}-${index}` },
    },
  }))),
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 1000 },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'workers', namespace } },
  // Of a pod that will not come back: `adopt.claims` names it.
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'spool-sluice-ingress-7', namespace },
    spec: {
      storageClassName: 'fast',
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '20Gi' } },
    },
  },
]; // prettier-ignore

function storageClass(name: string, annotations: Readonly<Record<string, string>>): object {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name, annotations },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion: true,
  };
}
