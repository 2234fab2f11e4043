/** Where the vendor serves the script of its workbench, as its page on staff pages says. */
export const workbenchScriptUrl = 'https://es.echatsoft.com/open/staff/jssdk-1.0.0.js';
