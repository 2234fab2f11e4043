import preset from '../../jest.preset.mjs';

export default preset('start', import.meta.dirname);
