/**
 * Annotation macros: names that stand in declarations without being part of the type. Those that start with `__` or are
 * written next to a type are recognised by their place; the table is for those that could be taken for something else.
 */
const plain =
  '__user __iomem __kernel __rcu __percpu __force __nocast __private __safe __bitwise __chk_user_ptr __chk_io_ptr ' +
  '__init __exit __initdata __exitdata __initconst __exitconst __ref __refdata __refconst __meminit __meminitdata ' +
  '__net_init __net_exit __net_initdata __devinit __devexit __devinitdata __cpuinit __sched __lockfunc __irq_entry ' +
  '__exception_irq_entry __softirq_entry __kprobes __read_mostly __ro_after_init __cacheline_aligned ' +
  '__cacheline_aligned_in_smp ____cacheline_aligned ____cacheline_aligned_in_smp ____cacheline_internodealigned_in_smp ' +
  '__must_check __maybe_unused __always_unused __unused __used __attribute_const__ __pure __cold __hot __weak __packed ' +
  '__visible __deprecated __malloc __noreturn __noclone __noinline __naked __nonstring __designated_init __latent_entropy ' +
  '__no_sanitize_address __no_kasan_or_inline __no_sanitize_memory __no_sanitize_undefined __no_kcsan __no_sanitize_or_inline ' +
  '__nocfi __nocf_check __no_profile __noscs __no_stack_protector __no_randomize_layout __randomize_layout __no_caller_saved_registers ' +
  '__always_inline __gnu_inline  noinline noinline_for_stack noinstr notrace asmlinkage ' +
  ' __flatten __page_aligned_data __page_aligned_bss __aligned_largest  __bpf_kfunc ' +
  '__fortify_function   __retain __overloadable __diagnose_as_builtin __compiletime_object_size ' +
  '  __initdata_or_module __init_or_module __initconst_or_module __initdata_memblock __init_memblock ' +
  '__lsm_ro_after_init __ksym __kconfig __no_fgcse CRYPTO_MINALIGN_ATTR __rust_helper  ';

/** Those that take arguments. */
const withArguments =
  '__printf __scanf __aligned __section __alias __acquires __releases __acquire __release __must_hold __cond_acquires ' +
  '__cond_releases __assume_aligned __alloc_size __realloc_size __counted_by __counted_by_le __counted_by_be __free ' +
  '__cleanup __pass_object_size __pass_dynamic_object_size __diagnose_as __compiletime_error __compiletime_warning ' +
  '__no_sanitize __copy __error __warning  __guarded_by __pt_guarded_by __sized_by __nonnull  ' +
  '__attribute__ __attribute _Alignas __declspec  ';

export const annotations: ReadonlySet<string> = new Set(`${plain} ${withArguments}`.split(' '));
export const annotationsWithArguments: ReadonlySet<string> = new Set(withArguments.split(' '));

/** Annotations that count as a function's storage, because they decide whether it is inlined. */
export const storageAnnotations: ReadonlySet<string> = new Set(['__always_inline', '__gnu_inline', 'noinline']);
