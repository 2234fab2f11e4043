import preset from '../../jest.preset.mjs';

export default preset('release', import.meta.dirname);
