import preset from '../../jest.preset.mjs';

export default preset('ingress', import.meta.dirname);
