import preset from '../../jest.preset.mjs';

// What is built has a package.json of the same name.
export default { ...preset('echat-staff-sdk'), modulePathIgnorePatterns: ['<rootDir>/dist'] };
