export default {
  projects: [
    '<rootDir>/schemas/jest.config.mjs',
    '<rootDir>/libs/*/jest.config.mjs',
    '<rootDir>/services/*/jest.config.mjs',
    '<rootDir>/tools/*/jest.config.mjs',
    '<rootDir>/e2e/jest.config.mjs',
  ],
};
