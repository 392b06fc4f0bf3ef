import { struct } from './structType.js';

/** dma-buf: shared buffers, their exporters and importers. */
export const dmaBufTypes = [
  struct('dma_buf', 'include/linux/dma-buf.h, v6.12', {
    size: 'size_t',
    file: 'struct file *',
    /** The attachments list, as its length; guarded by `resv`. */
    attachments: 'int',
    ops: 'struct dma_buf_ops *',
    exp_name: 'char *',
    owner: 'struct module *',
    priv: 'void *',
    resv: 'struct dma_resv *',
    /** Where `resv` points if the exporter brought none: `(struct dma_resv *)&dmabuf[1]` in the kernel. */
    own_resv: 'struct dma_resv',
  }),
  struct('dma_buf_ops', 'include/linux/dma-buf.h, v6.12', {
    cache_sgt_mapping: 'bool',
    attach: 'fn?',
    detach: 'fn?',
    pin: 'fn?',
    unpin: 'fn?',
    map_dma_buf: 'fn',
    unmap_dma_buf: 'fn',
    release: 'fn',
    begin_cpu_access: 'fn?',
    end_cpu_access: 'fn?',
    mmap: 'fn?',
    vmap: 'fn?',
    vunmap: 'fn?',
  }),
  struct('dma_buf_export_info', 'include/linux/dma-buf.h, v6.12', {
    exp_name: 'char *',
    owner: 'struct module *',
    ops: 'struct dma_buf_ops *',
    size: 'size_t',
    flags: 'int',
    resv: 'struct dma_resv *',
    priv: 'void *',
  }),
  struct('dma_buf_attachment', 'include/linux/dma-buf.h, v6.12', {
    dmabuf: 'struct dma_buf *',
    dev: 'struct device *',
    sgt: 'struct sg_table *',
    dir: 'enum dma_data_direction',
    peer2peer: 'bool',
    importer_ops: 'struct dma_buf_attach_ops *',
    importer_priv: 'void *',
    priv: 'void *',
  }),
  struct('dma_buf_attach_ops', 'include/linux/dma-buf.h, v6.12', { allow_peer2peer: 'bool', move_notify: 'fn' }),
  struct('dma_buf_sync', 'include/uapi/linux/dma-buf.h, v6.12', { flags: 'u64' }),
];
