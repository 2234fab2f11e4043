import preset from '../../jest.preset.mjs';

export default preset('canonical-event', { servers: true });
