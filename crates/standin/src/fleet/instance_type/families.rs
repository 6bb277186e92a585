//! The families, by the rules that AWS forms them by: a `large` has 2 vCPUs, an `xlarge` 4, an `Nxlarge` 4 N, a
//! `metal` as many as the largest; memory goes with the vCPUs; the network goes with generation and vCPUs.

/// A family such as m5.
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) processor: Processor,
    pub(super) memory: Memory,
    pub(super) sizes: &'static [&'static str],
    pub(super) network: Network,
}

/// Who makes it, and what it runs.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Processor {
    Intel,
    /// Two threads a core.
    Amd,
    /// One thread a core, since the seventh generation.
    AmdSingle,
    Graviton,
    /// Intel under the hypervisor before Nitro.
    IntelXen,
}

#[derive(Clone, Copy)]
pub(super) enum Memory {
    GibPerVcpu(u32),
    /// 512 MiB for `nano`, and twice as much with every size.
    Doubling,
}

/// The network performance up to so many vCPUs, ascending. What ends in a digit is in Gigabit.
pub(super) type Network = &'static [(u32, &'static str)];

impl Family {
    /// vCPUs of the `nth` size.
    pub(super) fn vcpus(&self, nth: usize) -> u32 {
        let small = if self.processor == Processor::IntelXen { 1 } else { 2 };
        match self.sizes[nth] {
            "nano" | "micro" | "small" => small,
            "medium" if matches!(self.memory, Memory::GibPerVcpu(_)) => 1,
            "medium" | "large" => 2,
            "xlarge" => 4,
            // Bare metal stands behind the size that it is as large as.
            "metal" => self.vcpus(nth - 1),
            name => 4 * multiple(name),
        }
    }

    /// Memory of the `nth` size in MiB.
    pub(super) fn memory_mib(&self, nth: usize) -> u32 {
        match self.memory {
            Memory::GibPerVcpu(gib) => 1024 * gib * self.vcpus(nth),
            Memory::Doubling => 512 << nth,
        }
    }

    /// Network performance of the `nth` size, as EC2 words it.
    pub(super) fn network_performance(&self, nth: usize) -> String {
        let vcpus = self.vcpus(nth);
        let step = self.network.iter().find(|(up_to, _)| vcpus <= *up_to);
        let text = step.map_or("", |(_, text)| *text);
        if text.ends_with(|last: char| last.is_ascii_digit()) { format!("{text} Gigabit") } else { text.to_owned() }
    }
}

/// The N of `Nxlarge` and `metal-Nxl`.
fn multiple(size: &str) -> u32 {
    let digits: String = size.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(1)
}

const BURSTABLE: &[&str] = &["nano", "micro", "small", "medium", "large", "xlarge", "2xlarge"];
const TO_24: &[&str] = &["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge"];
const TO_24_METAL: &[&str] =
    &["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "metal"];
const TO_32_METAL: &[&str] =
    &["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "32xlarge", "metal"];
const TO_48_METAL: &[&str] = &[
    "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "32xlarge", "48xlarge",
    "metal",
];
const TWO_METALS: &[&str] = &[
    "large",
    "xlarge",
    "2xlarge",
    "4xlarge",
    "8xlarge",
    "12xlarge",
    "16xlarge",
    "24xlarge",
    "metal-24xl",
    "48xlarge",
    "metal-48xl",
];
const MEDIUM_TO_48: &[&str] = &[
    "medium",
    "large",
    "xlarge",
    "2xlarge",
    "4xlarge",
    "8xlarge",
    "12xlarge",
    "16xlarge",
    "24xlarge",
    "32xlarge",
    "48xlarge",
    "metal-48xl",
];
const GRAVITON: &[&str] =
    &["medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "metal"];
const GRAVITON4: &[&str] = &[
    "medium",
    "large",
    "xlarge",
    "2xlarge",
    "4xlarge",
    "8xlarge",
    "12xlarge",
    "16xlarge",
    "24xlarge",
    "metal-24xl",
    "48xlarge",
    "metal-48xl",
];
const C5: &[&str] = &["large", "xlarge", "2xlarge", "4xlarge", "9xlarge", "12xlarge", "18xlarge", "24xlarge", "metal"];

const NET_T2: Network = &[(2, "Low to Moderate"), (8, "Moderate")];
const NET_T: Network = &[(8, "Up to 5")];
const NET_5: Network = &[(16, "Up to 10"), (32, "10"), (48, "12"), (64, "20"), (96, "25")];
const NET_5A: Network = &[(32, "Up to 10"), (48, "10"), (64, "12"), (96, "20")];
const NET_C5: Network = &[(16, "Up to 10"), (48, "12"), (96, "25")];
const NET_6: Network = &[(16, "Up to 12.5"), (32, "12.5"), (48, "18.75"), (64, "25"), (96, "37.5"), (192, "50")];
const NET_6G: Network = &[(16, "Up to 10"), (32, "12"), (48, "20"), (64, "25")];
const NET_7G: Network =
    &[(4, "Up to 12.5"), (16, "Up to 15"), (32, "15"), (48, "22.5"), (64, "30"), (96, "40"), (192, "50")];

const fn family(
    name: &'static str,
    processor: Processor,
    memory: Memory,
    sizes: &'static [&'static str],
    network: Network,
) -> Family {
    Family { name, processor, memory, sizes, network }
}

/// The families that the fleet offers.
pub(super) static FAMILIES: &[Family] = {
    use Memory::{Doubling, GibPerVcpu};
    use Processor::{Amd, AmdSingle, Graviton, Intel, IntelXen};
    &[
        family("t2", IntelXen, Doubling, BURSTABLE, NET_T2),
        family("t3", Intel, Doubling, BURSTABLE, NET_T),
        family("t3a", Amd, Doubling, BURSTABLE, NET_T),
        family("t4g", Graviton, Doubling, BURSTABLE, NET_T),
        family("m5", Intel, GibPerVcpu(4), TO_24_METAL, NET_5),
        family("m5d", Intel, GibPerVcpu(4), TO_24_METAL, NET_5),
        family("m5a", Amd, GibPerVcpu(4), TO_24, NET_5A),
        family("m6i", Intel, GibPerVcpu(4), TO_32_METAL, NET_6),
        family("m6a", Amd, GibPerVcpu(4), TO_48_METAL, NET_6),
        family("m6g", Graviton, GibPerVcpu(4), GRAVITON, NET_6G),
        family("m7g", Graviton, GibPerVcpu(4), GRAVITON, NET_7G),
        family("m7i", Intel, GibPerVcpu(4), TWO_METALS, NET_6),
        family("m7a", AmdSingle, GibPerVcpu(4), MEDIUM_TO_48, NET_6),
        family("m8g", Graviton, GibPerVcpu(4), GRAVITON4, NET_7G),
        family("c5", Intel, GibPerVcpu(2), C5, NET_C5),
        family("c6i", Intel, GibPerVcpu(2), TO_32_METAL, NET_6),
        family("c6a", Amd, GibPerVcpu(2), TO_48_METAL, NET_6),
        family("c6g", Graviton, GibPerVcpu(2), GRAVITON, NET_6G),
        family("c7g", Graviton, GibPerVcpu(2), GRAVITON, NET_7G),
        family("c7i", Intel, GibPerVcpu(2), TWO_METALS, NET_6),
        family("c7a", AmdSingle, GibPerVcpu(2), MEDIUM_TO_48, NET_6),
        family("c8g", Graviton, GibPerVcpu(2), GRAVITON4, NET_7G),
        family("r5", Intel, GibPerVcpu(8), TO_24_METAL, NET_5),
        family("r5d", Intel, GibPerVcpu(8), TO_24_METAL, NET_5),
        family("r5a", Amd, GibPerVcpu(8), TO_24, NET_5A),
        family("r6i", Intel, GibPerVcpu(8), TO_32_METAL, NET_6),
        family("r6a", Amd, GibPerVcpu(8), TO_48_METAL, NET_6),
        family("r6g", Graviton, GibPerVcpu(8), GRAVITON, NET_6G),
        family("r7g", Graviton, GibPerVcpu(8), GRAVITON, NET_7G),
        family("r7i", Intel, GibPerVcpu(8), TWO_METALS, NET_6),
        family("r7a", AmdSingle, GibPerVcpu(8), MEDIUM_TO_48, NET_6),
        family("r8g", Graviton, GibPerVcpu(8), GRAVITON4, NET_7G),
    ]
};
