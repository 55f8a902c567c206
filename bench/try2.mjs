import { createCipheriv, randomBytes, createSecretKey } from 'node:crypto';
const keyHex='0123456789abcdef'.repeat(4); const key=Buffer.from(keyHex,'hex');const keyU=new Uint8Array(key);
const ko=createSecretKey(key); const wm=new WeakMap([[keyU,ko]]);
const val='correct horse battery staple'; const pt=Buffer.from(JSON.stringify(val)); const iv0=randomBytes(12);
const block=new Uint8Array(12*256);let used=block.length,t0=0;
const nextIv=()=>{const now=Date.now();if(used===block.length||now<t0||now-t0>1000){crypto.getRandomValues(block);used=0;t0=now}const s=used;used+=12;return block.subarray(s,used)};
const bblock=Buffer.from(block.buffer);
const nextIvNoDate=()=>{if(used===block.length){crypto.getRandomValues(block);used=0}const s=used;used+=12;return block.subarray(s,used)};
const A='aes-256-gcm';const opt={authTagLength:16};
let H='',hu=0; const nextPair=()=>{if(hu===256){crypto.getRandomValues(block);H=bblock.toString('hex');hu=0} };
const out=Buffer.from(new ArrayBuffer(1024)); const outIv=new Uint8Array(out.buffer,0,12);
const J=JSON.stringify(val);
const B={
 floor(){const c=createCipheriv(A,key,iv0);c.update(pt);c.final();return c.getAuthTag()},
 cur(){const iv=nextIv();const c=createCipheriv(A,wm.get(keyU),iv,opt);const t=c.update(JSON.stringify(val),'utf8');c.final();return Buffer.concat([iv,t,c.getAuthTag()]).toString('hex')},
 noopt(){const iv=nextIv();const c=createCipheriv(A,wm.get(keyU),iv);const t=c.update(JSON.stringify(val),'utf8');c.final();return Buffer.concat([iv,t,c.getAuthTag()]).toString('hex')},
 hexes(){const iv=nextIv();const c=createCipheriv(A,wm.get(keyU),iv);const t=c.update(JSON.stringify(val),'utf8');c.final();return bblock.toString('hex',used-12,used)+t.toString('hex')+c.getAuthTag().toString('hex')},
 hexIvPre(){const iv=nextIv();if(used===12)H=bblock.toString('hex');const c=createCipheriv(A,wm.get(keyU),iv);const t=c.update(JSON.stringify(val),'utf8');c.final();return H.slice(2*used-24,2*used)+t.toString('hex')+c.getAuthTag().toString('hex')},
 updHexEnc(){const iv=nextIv();if(used===12)H=bblock.toString('hex');const c=createCipheriv(A,wm.get(keyU),iv);const t=c.update(JSON.stringify(val),'utf8','hex');c.final();return H.slice(2*used-24,2*used)+t+c.getAuthTag('hex')},
 scratch(){const iv=nextIv();const c=createCipheriv(A,wm.get(keyU),iv);const t=c.update(JSON.stringify(val),'utf8');c.final();out.set(iv);out.set(t,12);out.set(c.getAuthTag(),12+t.length);return out.toString('hex',0,28+t.length)},
 scratchCopy(){const iv=nextIv();const c=createCipheriv(A,wm.get(keyU),iv);const t=c.update(JSON.stringify(val),'utf8');c.final();for(let i=0;i<12;i++)out[i]=iv[i];out.set(t,12);const g=c.getAuthTag();const n=12+t.length;for(let i=0;i<16;i++)out[n+i]=g[i];return out.toString('hex',0,28+t.length)},
};
const N=2000,R=151,t={};
for(const k in B){t[k]=[];for(let i=0;i<5000;i++)B[k]()}
for(let r=0;r<R;r++){for(const k in B){const s=process.hrtime.bigint();for(let i=0;i<N;i++)B[k]();t[k].push(Number(process.hrtime.bigint()-s)/N)}}
const med=a=>a.sort((x,y)=>x-y)[a.length>>1];
const f=med(t.floor);for(const k in t)console.log(k.padEnd(20),med(t[k]).toFixed(0),(med(t[k])/f).toFixed(3));
