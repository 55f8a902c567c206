import { createCipheriv, randomBytes } from 'node:crypto';
import { encryptData } from '../node_modules/cloudcruise/dist/vault/utils.js';
import { sealValue, openValue, VaultKey } from '../dist/index.js';
const keyHex='0123456789abcdef'.repeat(4); const key=Buffer.from(keyHex,'hex'); const vk=VaultKey.fromHex(keyHex);
const val='correct horse battery staple'; const pt=Buffer.from(JSON.stringify(val)); const iv0=randomBytes(12);
const s0=sealValue(val,vk);
const B={ floor(){const c=createCipheriv('aes-256-gcm',key,iv0);c.update(pt);c.final();return c.getAuthTag()}, ours(){return sealValue(val,vk)}, open(){return openValue(s0,vk)} };
const N=2000,R=101,t={client:[]};
for(const k in B){t[k]=[];for(let i=0;i<5000;i++)B[k]()}
for(let r=0;r<R;r++){for(const k in B){const s=process.hrtime.bigint();for(let i=0;i<N;i++)B[k]();t[k].push(Number(process.hrtime.bigint()-s)/N)}
{const s=process.hrtime.bigint();for(let i=0;i<N;i++)await encryptData(val,keyHex);t.client.push(Number(process.hrtime.bigint()-s)/N)}}
const med=a=>a.sort((x,y)=>x-y)[a.length>>1];
const f=med(t.floor);for(const k in t)console.log(k.padEnd(20),med(t[k]).toFixed(0),(med(t[k])/f).toFixed(3),(med(t[k])/med(t.client)).toFixed(3));
