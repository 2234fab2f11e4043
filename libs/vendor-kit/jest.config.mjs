import preset from '../../jest.preset.mjs';

export default preset('vendor-kit', import.meta.dirname);
