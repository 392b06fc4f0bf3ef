/** Annotation macros that stand in declarations without being part of the type, by what they are for. */
const plain = [
  // Address spaces and other marks of sparse.
  '__user __iomem __kernel __rcu __percpu __force __nocast __private __safe __bitwise',
  // Sections.
  '__init __exit __initdata __exitdata __initconst __exitconst __ref __refdata __refconst __meminit __meminitdata',
  '__net_init __net_exit __net_initdata __sched __lockfunc __irq_entry __exception_irq_entry __softirq_entry __kprobes',
  '__init_or_module __initdata_or_module __initconst_or_module __init_memblock __initdata_memblock __lsm_ro_after_init',
  '__read_mostly __ro_after_init __page_aligned_data __page_aligned_bss __ksym __kconfig',
  '__cacheline_aligned __cacheline_aligned_in_smp ____cacheline_aligned ____cacheline_aligned_in_smp',
  '____cacheline_internodealigned_in_smp CRYPTO_MINALIGN_ATTR',
  // Promises and wishes to the compiler.
  '__must_check __maybe_unused __always_unused __unused __used __attribute_const__ __pure __cold __hot __weak __packed',
  '__visible __deprecated __malloc __noreturn __noclone __noinline __naked __nonstring __designated_init __flatten',
  '__latent_entropy __no_sanitize_address __no_kasan_or_inline __no_sanitize_memory __no_sanitize_undefined __no_kcsan',
  '__no_sanitize_or_inline __nocfi __no_profile __noscs __no_stack_protector __no_randomize_layout __randomize_layout',
  '__always_inline __gnu_inline noinline noinline_for_stack noinstr notrace asmlinkage __overloadable __bpf_kfunc',
];

/** Those that take arguments. */
const withArguments = [
  '__printf __scanf __aligned __section __alias __alloc_size __realloc_size __assume_aligned __nonnull __no_sanitize',
  '__acquires __releases __must_hold __cond_acquires __cond_releases __guarded_by',
  '__counted_by __counted_by_le __counted_by_be __sized_by __pass_object_size __pass_dynamic_object_size __diagnose_as',
  '__compiletime_error __compiletime_warning __free __cleanup',
].flatMap((line) => line.split(' '));

/** Names that are annotations wherever they stand in a declaration. Others are recognised by their place. */
export const annotations: ReadonlySet<string> = new Set([
  ...plain.flatMap((line) => line.split(' ')),
  ...withArguments,
]);
export const annotationsWithArguments: ReadonlySet<string> = new Set(withArguments);

/** Annotations that count as a function's storage, because they decide whether it is inlined. */
export const storageAnnotations: ReadonlySet<string> = new Set(['__always_inline', '__gnu_inline', 'noinline']);
