import preset from '../../jest.preset.mjs';

const project = preset('telemetry');
const [transform] = Object.values(project.transform);

export default {
  ...project,
  // This package loads Node's http by a dynamic import, which Jest cannot run as it stands.
  transform: { ...project.transform, '/otlp-exporter-base/.+\\.js$': transform },
  transformIgnorePatterns: ['/node_modules/(?!@opentelemetry/otlp-exporter-base/)'],
};
