import preset from '../../jest.preset.mjs';

export default preset('stream', import.meta.dirname);
