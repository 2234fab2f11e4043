import preset from '../../jest.preset.mjs';

export default preset('agent-panel', import.meta.dirname);
