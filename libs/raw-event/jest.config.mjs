import preset from '../../jest.preset.mjs';

export default preset('raw-event', import.meta.dirname);
