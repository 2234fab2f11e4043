import preset from '../../jest.preset.mjs';

export default preset('canonical-event', import.meta.dirname);
