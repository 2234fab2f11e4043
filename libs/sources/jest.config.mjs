import preset from '../../jest.preset.mjs';

export default preset('sources', import.meta.dirname);
