import preset from '../../jest.preset.mjs';

export default preset('sink', import.meta.dirname);
