import preset from '../../jest.preset.mjs';

export default preset('test', import.meta.dirname);
