import preset from '../jest.preset.mjs';

export default preset('schemas', import.meta.dirname);
